// Where the network comes from: what the page asked for, what was added to it, other measures.
import { merge, type Network, read } from "./model";

/** What stands at an address; nothing where it does not come. */
async function ask(address: string): Promise<Network | null> {
  try {
    const answer = await fetch(address, { headers: { accept: "application/json" } });
    return answer.ok ? read(await answer.json()) : null;
  } catch {
    return null;
  }
}

export class Source {
  readonly #address: string;
  #asked: Network;
  /** What was asked for around things, each once. */
  readonly #around = new Map<string, Network>();

  private constructor(address: string, asked: Network) {
    this.#address = address;
    this.#asked = asked;
  }

  static async at(address: string): Promise<Source | null> {
    const asked = await ask(address);
    return asked && new Source(address, asked);
  }

  get asked(): Network {
    return this.#asked;
  }

  /** The network with the neighbourhoods of some things. */
  async with(added: readonly string[], failed: () => void): Promise<Network> {
    let network = this.#asked;
    for (const curie of added) {
      const its = this.#around.get(curie) ?? (await this.#neighbours(curie));
      if (its) {
        this.#around.set(curie, its);
        network = merge(network, its);
      } else failed();
    }
    return network;
  }

  async #neighbours(curie: string): Promise<Network | null> {
    const here = new URL(this.#address, location.href);
    const address = new URL("/network/ego.json", here);
    address.searchParams.set("of", curie);
    const lang = here.searchParams.get("lang");
    if (lang !== null) address.searchParams.set("lang", lang);
    return ask(address.pathname + address.search);
  }

  /** Ask again with what sizes or colours are to show; whether it came. */
  async measure(size: string, colour: boolean): Promise<boolean> {
    const address = new URL(this.#address, location.href);
    address.searchParams.delete("measures");
    if (size) address.searchParams.append("measures", size);
    if (colour) address.searchParams.append("measures", "community");
    const network = await ask(address.pathname + address.search);
    if (network) this.#asked = network;
    return network !== null;
  }
}
