import type { Micros } from "./time.ts";

/** A value waiting for its time. Made by `Deadlines.add`. */
export interface Deadline<T> {
  readonly at: Micros;
  readonly order: number; // counts up with each add: breaks ties
  readonly value: T;
}

/** A node of a pairing heap: no earlier than its parent; `children` is the first of a list linked by `next`. */
interface Node<T> extends Deadline<T> {
  children: Node<T> | undefined;
  next: Node<T> | undefined;
  previous: Node<T> | undefined; // the sibling before, or the parent; undefined for the root and for what was removed
}

/**
 * Deadlines in the order of their time, equal ones in the order of their adding. A pairing heap: adding is O(1),
 * removing O(log n) amortized, whether it is the first or any other.
 */
export class Deadlines<T> {
  #root: Node<T> | undefined;
  #order = 0;

  add(at: Micros, value: T): Deadline<T> {
    const node: Node<T> = {
      at,
      order: ++this.#order,
      value,
      children: undefined,
      next: undefined,
      previous: undefined,
    };
    this.#root = meld(this.#root, node);
    return node;
  }

  /** The earliest deadline, which stays; undefined when there is none. */
  get first(): Deadline<T> | undefined {
    return this.#root;
  }

  /** The `order` of the deadline added last; 0 before the first. */
  get latest(): number {
    return this.#order;
  }

  /** Takes a deadline out. One that is not in (any more) is left alone. */
  remove(deadline: Deadline<T>): void {
    const node = deadline as Node<T>;
    if (node === this.#root) this.#root = combine(node.children);
    else if (node.previous !== undefined) {
      cut(node, node.previous);
      this.#root = meld(this.#root, combine(node.children));
    }
    node.children = undefined;
  }
}

/** Two heaps into one: the later root becomes the first child of the earlier one. */
function meld<T>(a: Node<T> | undefined, b: Node<T> | undefined): Node<T> | undefined {
  if (a === undefined) return b;
  if (b === undefined) return a;
  const [parent, child] = a.at < b.at || (a.at === b.at && a.order < b.order) ? [a, b] : [b, a];
  child.previous = parent;
  child.next = parent.children;
  if (parent.children !== undefined) parent.children.previous = child;
  parent.children = child;
  return parent;
}

/** A list of siblings into one heap: in pairs from the left, then all pairs from the right. */
function combine<T>(siblings: Node<T> | undefined): Node<T> | undefined {
  const pairs: (Node<T> | undefined)[] = [];
  let rest = siblings;
  while (rest !== undefined) {
    const a = rest;
    const b = a.next;
    rest = b?.next;
    detach(a);
    if (b !== undefined) detach(b);
    pairs.push(meld(a, b));
  }
  return pairs.reduceRight(meld, undefined);
}

function detach<T>(node: Node<T>): void {
  node.next = undefined;
  node.previous = undefined;
}

/** Takes a node, with all below it, out of its parent's list; `previous` is its own. */
function cut<T>(node: Node<T>, previous: Node<T>): void {
  if (previous.children === node) previous.children = node.next;
  else previous.next = node.next;
  if (node.next !== undefined) node.next.previous = previous;
  detach(node);
}
