// What is drawn: strokes as points in [0, 1], with undo; without the page, so that it can be tested by itself.

const SVG = ['http:', '', 'www.w3.org', '2000', 'svg'].join('/'); // a name, no address that is asked

export class Strokes {
  list = []; // {width, points}
  #past = [];
  #future = [];

  #become(list) {
    this.#past.push(this.list);
    this.#future = [];
    this.list = list;
  }

  begin(width, x, y) {
    this.#become([...this.list, { width, points: [[x, y]] }]);
  }

  extend(x, y) {
    this.list.at(-1).points.push([x, y]);
  }

  clear() {
    if (this.list.length) this.#become([]);
  }

  undo() {
    if (!this.canUndo) return;
    this.#future.push(this.list);
    this.list = this.#past.pop();
  }

  redo() {
    if (!this.canRedo) return;
    this.#past.push(this.list);
    this.list = this.#future.pop();
  }

  get canUndo() { return this.#past.length > 0; }

  get canRedo() { return this.#future.length > 0; }

  // As a file that 'mien generate --sketch' and 'mien sample --sketch' read.
  svg(side = 512) {
    const lines = this.list.map(({ width, points }) => {
      const all = points.length > 1 ? points : [points[0], points[0]];
      const path = all.map(([x, y]) => `${(x * side).toFixed(1)},${(y * side).toFixed(1)}`).join(' ');
      return `<polyline points="${path}" fill="none" stroke="black" stroke-width="${(width * side).toFixed(1)}" stroke-linecap="round" stroke-linejoin="round"/>`;
    });
    return `<svg xmlns="${SVG}" viewBox="0 0 ${side} ${side}">${lines.join('')}</svg>`;
  }
}
