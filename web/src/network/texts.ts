// Texts of the page, which the server writes in its language; counted ones have a form for one.

export type Say = (name: string, values?: Record<string, string | number>) => string;

export function sayer(texts: Record<string, string>, lang: string): Say {
  const rules = new Intl.PluralRules(lang);
  const written = new Intl.NumberFormat(lang);
  return (name, values = {}) => {
    const { count } = values;
    const form = typeof count === "number" && rules.select(count) === "one" ? `${name}_one` : name;
    return (texts[form] ?? texts[name] ?? name).replace(/%\((\w+)\)s/g, (whole, key: string) => {
      const value = values[key];
      return typeof value === "number" ? written.format(value) : String(value ?? whole);
    });
  };
}
