"use strict";
// Opens networks with the programs that people have for them, and says what these found.
// In: a list of {reader, path} as JSON; out: for each {directed, nodes: {id: {…}}, edges: [[a, b, {…}]]}.
const fs = require("fs");
const Graph = require("graphology");
const gexf = require("graphology-gexf/node");
const cytoscape = require("cytoscape");

const readers = {
  "graphology-gexf": (text) => {
    const graph = gexf.parse(Graph, text);
    return {
      directed: graph.type === "directed",
      nodes: Object.fromEntries(graph.mapNodes((id, data) => [id, data])),
      edges: graph.mapEdges((key, data, source, target) => [source, target, data]),
      about: graph.getAttributes(),
    };
  },
  "Cytoscape.js": (text) => {
    const whole = JSON.parse(text);
    const graph = cytoscape({ headless: true, styleEnabled: false, ...whole, layout: { name: "preset" } });
    return {
      directed: whole.directed,
      nodes: Object.fromEntries(graph.nodes().map((one) => [one.id(), { ...one.data(), position: one.position() }])),
      edges: graph.edges().map((one) => [one.source().id(), one.target().id(), one.data()]),
      about: graph.data(),
    };
  },
};

const jobs = JSON.parse(fs.readFileSync(0, "utf8"));
const found = jobs.map(({ reader, path }) => readers[reader](fs.readFileSync(path, "utf8")));
process.stdout.write(JSON.stringify(found));
