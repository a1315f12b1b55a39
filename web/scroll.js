// A long list of which only what is near the window exists as elements, so that their number is bounded.

const BATCH = 8;

/**
 * Shows `items` in a scrolling element. Elements are made by `render(item, previous)` when they come within one and a
 * half screens of the window, and are dropped beyond three. `followed` keeps the end in view.
 */
export class Scroller {
  constructor(viewport, { render, onTop, onBottom, onMove }) {
    this.viewport = viewport;
    this.list = viewport.querySelector('.items');
    this.render = render;
    this.onTop = onTop;
    this.onBottom = onBottom;
    this.onMove = onMove;
    this.items = [];
    this.low = 0;
    this.high = 0;
    this.elements = new Map();
    this.isFollowing = true;
    viewport.addEventListener('scroll', () => this.scrolled(), { passive: true });
    new ResizeObserver(() => { if (this.isFollowing) this.toEnd(); else this.settle(); }).observe(viewport);
    // What grows after it was shown, an image above all, must not push the end out of view.
    this.growth = new ResizeObserver(() => { if (this.isFollowing && !this.isBusy) this.pin(); });
    this.growth.observe(this.list);
  }

  get height() { return this.viewport.clientHeight; }
  get isAtEnd() {
    return this.high === this.items.length
      && this.viewport.scrollHeight - this.viewport.scrollTop - this.height < 48;
  }

  /** Begins anew with items, at the end or with the item of an index at the top of the window. */
  show(items, at = items.length) {
    this.items = items;
    this.list.replaceChildren();
    this.elements.clear();
    this.isFollowing = at >= items.length;
    this.low = this.high = Math.min(at, items.length);
    if (this.isFollowing) this.toEnd();
    else this.toIndex(at);
  }

  /** Items were added at the end. */
  appended() {
    if (this.isFollowing) this.toEnd();
    else this.settle();
  }

  /** `count` items were added in front, or with a negative count taken away there. */
  shifted(items, count) {
    this.items = items;
    if (count < 0) {
      for (let index = 0; index < -count - this.low; index++) this.list.firstElementChild?.remove();
    }
    this.low = Math.max(0, this.low + count);
    this.high = Math.max(this.low, this.high + count);
    this.forget();
    this.settle();
  }

  /** Items at the end were taken away. */
  cut(items) {
    this.items = items;
    while (this.high > items.length) { this.list.lastElementChild?.remove(); this.high--; }
    this.forget();
    this.settle();
  }

  /** An item has changed. */
  refresh(one) {
    const element = this.elements.get(one);
    if (!element?.isConnected) return;
    this.keeping(() => {
      const fresh = this.render(one, this.before(one), element);
      if (fresh !== element) element.replaceWith(fresh);
      this.elements.set(one, fresh);
    });
    if (this.isFollowing) this.toEnd();
  }

  /** Shows an item at the top of the window; its element. */
  toIndex(index) {
    this.isFollowing = false;
    if (index < this.low || index >= this.high) {
      this.list.replaceChildren();
      this.elements.clear();
      this.low = this.high = index;
      this.grow(BATCH);
    }
    const one = this.items[index];
    const place = () => {
      const element = this.elements.get(one);
      if (element) this.viewport.scrollTop += element.getBoundingClientRect().top - this.top - 12;
      return element;
    };
    place();
    this.settle();
    return place();
  }

  /** Shows the end and stays there. */
  toEnd() {
    this.isFollowing = true;
    this.isBusy = true;
    if (this.high < this.items.length && this.items.length - this.high > 60) {
      this.list.replaceChildren();
      this.elements.clear();
      this.low = this.high = this.items.length;
    }
    while (this.high < this.items.length) this.grow(BATCH);
    this.pin();
    this.settle();
    this.pin();
    this.isBusy = false;
    this.onMove?.();
  }

  pin() { this.viewport.scrollTop = this.viewport.scrollHeight; }

  get top() { return this.viewport.getBoundingClientRect().top; }

  scrolled() {
    if (this.isBusy) return;
    const at = this.viewport.scrollTop;
    // Upward movement is the reader's; what grows below them is not.
    if (at < (this.lastTop ?? 0) - 1 && !this.isAtEnd) this.isFollowing = false;
    this.lastTop = at;
    this.settle();
    if (this.isAtEnd && this.onBottom?.() !== false) this.isFollowing = true;
    this.onMove?.();
  }

  /** Makes and drops elements so that what is near the window exists. */
  settle() {
    const wasBusy = this.isBusy;
    this.isBusy = true;
    const near = this.height * 1.5, far = this.height * 3;
    for (let round = 0; round < 200; round++) {
      const box = this.list.getBoundingClientRect(), top = this.top, bottom = top + this.height;
      if (box.bottom < bottom + near && this.high < this.items.length) this.grow(BATCH);
      else if (box.top > top - near && this.low > 0) this.keeping(() => this.grow(-BATCH));
      else break;
    }
    this.trim(far);
    this.lastTop = this.viewport.scrollTop;
    this.isBusy = wasBusy;
    const box = this.list.getBoundingClientRect();
    if (this.low === 0 && box.top > this.top - near) this.onTop?.();
  }

  grow(count) {
    const fragment = document.createDocumentFragment();
    if (count > 0) {
      const end = Math.min(this.items.length, this.high + count);
      for (; this.high < end; this.high++) fragment.append(this.make(this.high));
      this.list.append(fragment);
      return;
    }
    const start = Math.max(0, this.low + count);
    for (let index = start; index < this.low; index++) fragment.append(this.make(index));
    const next = this.items[this.low];
    this.low = start;
    this.list.prepend(fragment);
    // The first of the old ones may repeat a heading that now stands above it.
    if (next && this.elements.get(next)) this.remake(next);
  }

  make(index) {
    const one = this.items[index];
    const element = this.render(one, this.items[index - 1]);
    this.elements.set(one, element);
    return element;
  }

  remake(one) {
    const element = this.elements.get(one);
    const fresh = this.render(one, this.before(one), element);
    if (fresh !== element) element.replaceWith(fresh);
    this.elements.set(one, fresh);
  }

  before(one) { return this.items[this.items.indexOf(one, this.low) - 1]; }

  trim(far) {
    const top = this.top, bottom = top + this.height;
    while (this.high - this.low > BATCH) {
      const last = this.list.lastElementChild;
      if (!last || last.getBoundingClientRect().top < bottom + far) break;
      last.remove();
      this.elements.delete(this.items[--this.high]);
    }
    this.keeping(() => {
      while (this.high - this.low > BATCH) {
        const first = this.list.firstElementChild;
        if (!first || first.getBoundingClientRect().bottom > top - far) break;
        // Each removal moves what is measured next: the scroll position is put right as it goes.
        const height = first.nextElementSibling.getBoundingClientRect().top - first.getBoundingClientRect().top;
        first.remove();
        this.viewport.scrollTop -= height;
        this.elements.delete(this.items[this.low++]);
      }
    });
  }

  forget() {
    for (const [one, element] of this.elements) if (!element.isConnected) this.elements.delete(one);
  }

  /** Runs something that changes elements; what the reader looks at stays where it is. */
  keeping(body) {
    const top = this.top;
    let anchor = null;
    for (const element of this.list.children) {
      const box = element.getBoundingClientRect();
      if (box.bottom > top) { anchor = [element, box.top]; break; }
    }
    const one = anchor && [...this.elements].find(([, element]) => element === anchor[0])?.[0];
    body();
    const element = anchor?.[0].isConnected ? anchor[0] : this.elements.get(one);
    if (element?.isConnected) this.viewport.scrollTop += element.getBoundingClientRect().top - anchor[1];
  }

  /** The first item that can be seen. */
  get current() {
    const top = this.top + 16;
    for (let index = this.low; index < this.high; index++) {
      const element = this.elements.get(this.items[index]);
      if (element && element.getBoundingClientRect().bottom > top) return index;
    }
    return -1;
  }
}
