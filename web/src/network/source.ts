// Where the network comes from: its address, things around one of its own, other measures.
import { type Network, read } from "./model";

/** What stands at an address; nothing where it does not come. */
export async function ask(address: string): Promise<Network | null> {
  try {
    const answer = await fetch(address, { headers: { accept: "application/json" } });
    return answer.ok ? read(await answer.json()) : null;
  } catch {
    return null;
  }
}

/** What stands around a thing, in the language of the network's address. */
export function around(address: string, curie: string): Promise<Network | null> {
  const here = new URL(address, location.href);
  const its = new URL("/network/ego.json", here);
  its.searchParams.set("of", curie);
  const lang = here.searchParams.get("lang");
  if (lang !== null) its.searchParams.set("lang", lang);
  return ask(its.pathname + its.search);
}

/** The network of an address with what sizes or colours are to show. */
export function measured(address: string, size: string, colour: boolean): Promise<Network | null> {
  const its = new URL(address, location.href);
  its.searchParams.delete("measures");
  if (size) its.searchParams.append("measures", size);
  if (colour) its.searchParams.append("measures", "community");
  return ask(its.pathname + its.search);
}
