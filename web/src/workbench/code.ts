// The same query from a program: with what each language has at hand, quoted as it wants.

export type Language = "curl" | "Python" | "R" | "JavaScript";
export const LANGUAGES: readonly Language[] = ["curl", "Python", "R", "JavaScript"];

const SHELL = /'/g;

/** What a raw string of R may be closed by and the text does not hold. */
function dashes(text: string): string {
  let found = "";
  while (text.includes(`)${found}"`)) found += "-";
  return found;
}

/** A text in Python, in the quotes that it does not hold. */
function python(text: string): string {
  if (!text.includes('"""') && !text.includes("\\") && !text.endsWith('"')) {
    return `"""\n${text}\n"""`;
  }
  return JSON.stringify(text);
}

/** A program that asks the endpoint; `graph` for a query that makes a graph. */
export function code(language: Language, endpoint: string, text: string, graph: boolean): string {
  const type = graph ? "text/turtle" : "application/sparql-results+json";
  switch (language) {
    case "curl":
      return [
        `curl '${endpoint}' -H 'Accept: ${graph ? type : "text/csv"}' \\`,
        `  --data-urlencode 'query=${text.replace(SHELL, String.raw`'\''`)}'`,
      ].join("\n");
    case "Python":
      return [
        "# pip install SPARQLWrapper",
        `from SPARQLWrapper import ${graph ? "TURTLE" : "JSON"}, SPARQLWrapper`,
        "",
        `query = ${python(text)}`,
        `endpoint = SPARQLWrapper("${endpoint}")`,
        "endpoint.setQuery(query)",
        `endpoint.setReturnFormat(${graph ? "TURTLE" : "JSON"})`,
        ...(graph
          ? ["print(endpoint.query().convert().decode())"]
          : [
              'for row in endpoint.query().convert()["results"]["bindings"]:',
              '    print({name: term["value"] for name, term in row.items()})',
            ]),
      ].join("\n");
    case "R": {
      const fence = dashes(text);
      const format = graph ? "ttl" : "csv";
      return [
        `query <- r"${fence}(${text})${fence}"`,
        `address <- paste0("${endpoint}?format=${format}&query=",`,
        "                  URLencode(query, reserved = TRUE))",
        graph
          ? 'cat(readLines(address, encoding = "UTF-8"), sep = "\\n")'
          : 'result <- read.csv(address, encoding = "UTF-8")',
      ].join("\n");
    }
    case "JavaScript":
      return [
        `const query = ${JSON.stringify(text)};`,
        `const answer = await fetch("${endpoint}", {`,
        '  method: "POST",',
        `  headers: { Accept: "${type}" },`,
        "  body: new URLSearchParams({ query }),",
        "});",
        "if (!answer.ok) throw new Error((await answer.json()).detail);",
        graph
          ? "console.log(await answer.text());"
          : "console.table((await answer.json()).results.bindings);",
      ].join("\n");
  }
}
