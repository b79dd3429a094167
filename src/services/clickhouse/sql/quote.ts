const SPECIAL: Readonly<Record<string, string>> = { '\\': '\\\\', "'": "\\'", '`': '\\`' };
const ESCAPED = /[\\'`\p{Cc}]/gu;

const escaped = (text: string): string => text.replace(ESCAPED, printCharacter);

/** `\x` stands for a byte, so it can spell nothing but ASCII. */
function printCharacter(character: string): string {
  const code = character.charCodeAt(0);
  return SPECIAL[character] ?? (code < 0x80 ? `\\x${code.toString(16).padStart(2, '0')}` : character);
}

/** A string literal. */
export const quoteText = (text: string): string => `'${escaped(text)}'`;

/** A name, quoted so that no word of the language is in it. */
export const quoteName = (name: string): string => `\`${escaped(name)}\``;
