import type { YAMLError } from 'yaml';

/**
 * What each error of the YAML library means. Its own messages repeat the file's words, among which there may be
 * a credential or a character that a terminal acts on.
 */
const FAULTS: Readonly<Record<YAMLError['code'], string>> = {
  ALIAS_PROPS: 'an alias takes no anchor and no tag',
  BAD_ALIAS: 'an alias is not written as one',
  BAD_COLLECTION_TYPE: 'a tag does not fit the collection that it stands before',
  BAD_DIRECTIVE: 'a directive is not written as one',
  BAD_DQ_ESCAPE: 'text in double quotes holds an escape that does not exist; write \\\\ for a backslash',
  BAD_INDENT: 'the indentation does not fit, or a [ or { is not closed',
  BAD_PROP_ORDER: 'an anchor or tag stands on the wrong side of an indicator',
  BAD_SCALAR_START: 'plain text cannot start with this character; put the text in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a map cannot start on the line of another key; put text that holds ": " in quotes',
  BLOCK_IN_FLOW: 'inside of [ ] and { } everything is written in that form',
  DUPLICATE_KEY: 'a key is there twice; keep one',
  IMPOSSIBLE: 'this cannot be read',
  KEY_OVER_1024_CHARS: 'a key has more than 1024 characters',
  MISSING_CHAR: 'a quote, bracket, colon, comma or space is missing here or before',
  MULTILINE_IMPLICIT_KEY: 'a key must stand on one line; a ":" or a quote may be missing before',
  MULTIPLE_ANCHORS: 'a value has more than one anchor',
  MULTIPLE_DOCS: 'multiple documents in one file; keep one and remove the ---',
  MULTIPLE_TAGS: 'a value has more than one tag',
  NON_STRING_KEY: 'a key must be text',
  RESOURCE_EXHAUSTION: 'nested too deeply',
  TAB_AS_INDENT: 'a tab stands where spaces must; indent with spaces',
  TAG_RESOLVE_FAILED: 'tags are not allowed; remove it',
  UNEXPECTED_TOKEN: 'this does not belong here; a quote, bracket or indentation may be wrong before',
};

/** The meaning of an error, in words of our own. */
export const yamlFault = ({ code }: YAMLError): string => `not valid YAML: ${FAULTS[code]}`;
