/** One card at a time, each with an address of its own (#check-HEIGHT), so that the back button and links work. */

export class Cards {
  /** `left(card)` before another card is shown, `shown(card, isByPerson)` after. */
  constructor(cards, { left, shown }) {
    Object.assign(this, { cards, left, shown });
    addEventListener("hashchange", () => this.show(this.named(location.hash), { isByPerson: true }));
  }

  named(hash) {
    return this.cards.find((card) => `#${card.id}` === decodeURIComponent(hash));
  }

  show(card, { isByPerson = false } = {}) {
    if (!card || card === this.active) return;
    if (this.active) this.left(this.active);
    this.active = card;
    for (const each of this.cards) each.classList.toggle("is-active", each === card);
    this.shown(card, isByPerson);
  }

  go(card) {
    if (`#${card.id}` === location.hash) this.show(card, { isByPerson: true });
    else location.hash = card.id;
  }

  get next() {
    return this.cards[this.cards.indexOf(this.active) + 1];
  }
}
