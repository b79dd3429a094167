{{- define "stackward.labels" -}}
app.kubernetes.io/name: stackward
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "stackward.selector" -}}
app.kubernetes.io/name: stackward
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "stackward.name" -}}
{{ .Release.Name | trunc 52 | trimSuffix "-" }}
{{- end -}}

{{- define "stackward.topology" -}}
{{- if .Values.existingTopology -}}
{{ .Values.existingTopology }}
{{- else -}}
{{ include "stackward.name" . }}-topology
{{- end -}}
{{- end -}}

{{- define "stackward.check" -}}
{{- if not .Values.image.repository -}}
{{- fail "image.repository: build the Dockerfile, push it, and name it here" -}}
{{- end -}}
{{- if not (or .Values.topology .Values.existingTopology) -}}
{{- fail "topology or existingTopology: without a topology nothing can be served" -}}
{{- end -}}
{{- if and (gt (int .Values.replicas) 1) (not .Values.database.existingSecret) -}}
{{- fail "replicas: more than one stands on PostgreSQL; give database.existingSecret, or set replicas to 1" -}}
{{- end -}}
{{- if and .Values.database.existingSecret (not .Values.keys.existingSecret) -}}
{{- fail "keys.existingSecret: replicas share the keys of `stackward keys create DIR`" -}}
{{- end -}}
{{- end -}}
