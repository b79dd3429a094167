// A TWIN of `helm template`: renders one chart without dependencies, as the chart template guide says
// (https://helm.sh/docs/chart_template_guide/), with Go's own text/template and the sprig library that helm uses.
//
//	main CHART_DIR VALUES_FILE RELEASE NAMESPACE
//
// Prints JSON: {"templates/service.yaml": "rendered text"}. Strict where helm is lenient: a value that does not exist
// is an error, and so is a map key that is printed as "<no value>".
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"sigs.k8s.io/yaml"
)

type object = map[string]interface{}

func main() {
	chart, valuesFile, release, namespace := os.Args[1], os.Args[2], os.Args[3], os.Args[4]
	about := read(filepath.Join(chart, "Chart.yaml"))
	values := merge(read(filepath.Join(chart, "values.yaml")), read(valuesFile))
	data := object{
		"Values":       values,
		"Chart":        object{"Name": about["name"], "Version": about["version"], "AppVersion": about["appVersion"]},
		"Release":      object{"Name": release, "Namespace": namespace, "Service": "Helm", "IsInstall": true, "IsUpgrade": false, "Revision": 1},
		"Capabilities": object{"KubeVersion": object{"Version": "v1.31.0", "Major": "1", "Minor": "31"}},
	}
	root := template.New("chart").Option("missingkey=error")
	root.Funcs(sprig.TxtFuncMap()).Funcs(functions(root))
	files, err := filepath.Glob(filepath.Join(chart, "templates", "*"))
	must(err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		must(err)
		_, err = root.New(nameOf(chart, file)).Parse(string(text))
		must(err)
	}
	rendered := map[string]string{}
	for _, file := range files {
		name := nameOf(chart, file)
		if strings.HasPrefix(filepath.Base(file), "_") {
			continue
		}
		var out bytes.Buffer
		must(root.ExecuteTemplate(&out, name, data))
		if strings.Contains(out.String(), "<no value>") {
			must(fmt.Errorf("%s prints a value that does not exist", name))
		}
		rendered[name] = out.String()
	}
	must(json.NewEncoder(os.Stdout).Encode(rendered))
}

// What helm adds to sprig, and what it takes away.
func functions(root *template.Template) template.FuncMap {
	return template.FuncMap{
		"include": func(name string, data interface{}) (string, error) {
			var out bytes.Buffer
			err := root.ExecuteTemplate(&out, name, data)
			return out.String(), err
		},
		"toYaml": func(value interface{}) (string, error) {
			text, err := yaml.Marshal(value)
			return strings.TrimSuffix(string(text), "\n"), err
		},
		"required": func(why string, value interface{}) (interface{}, error) {
			if value == nil || value == "" {
				return nil, fmt.Errorf("%s", why)
			}
			return value, nil
		},
		"fail":      func(why string) (string, error) { return "", fmt.Errorf("%s", why) },
		"env":       func(string) (string, error) { return "", fmt.Errorf("helm has no function env") },
		"expandenv": func(string) (string, error) { return "", fmt.Errorf("helm has no function expandenv") },
	}
}

func nameOf(chart, file string) string {
	name, err := filepath.Rel(chart, file)
	must(err)
	return filepath.ToSlash(name)
}

func read(file string) object {
	text, err := os.ReadFile(file)
	must(err)
	value := object{}
	must(yaml.Unmarshal(text, &value))
	return value
}

// Maps are merged, anything else is replaced, and null takes a default away: as helm does with values.
func merge(base, over object) object {
	for key, value := range over {
		inner, isMap := value.(object)
		known, wasMap := base[key].(object)
		switch {
		case value == nil:
			delete(base, key)
		case isMap && wasMap:
			base[key] = merge(known, inner)
		default:
			base[key] = value
		}
	}
	return base
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
