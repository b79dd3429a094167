/** A text of at most `most` characters, with an ellipsis where something was cut. */
export const shortened = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most)}…` : text;
