extension TranscriptView {
  /// Finds the nearest of what is looked for behind a place, or before it, and goes there; false if nothing that is
  /// held is one.
  /// - Parameter from: the place that it starts from, by default the cursor.
  mutating func find(_ aim: Aim, forward: Bool, from: Place? = nil) -> Bool {
    guard !transcript.isEmpty else { return false }
    let from = from ?? cursor
    let numbers = transcript.numbers
    var number = min(max(from.item, numbers.lowerBound), numbers.upperBound - 1)
    while numbers.contains(number) {
      if aim.matches(transcript[number]) {
        let places = hits(aim, number)
        let next = forward ? places.first { $0 > from } : places.last { $0 < from }
        if let next {
          go(to: next)
          return true
        }
      }
      number += forward ? 1 : -1
    }
    return false
  }

  /// Whether the cursor stands on one.
  mutating func isOn(_ aim: Aim) -> Bool {
    transcript.numbers.contains(cursor.item) && aim.matches(transcript[cursor.item])
      && hits(aim, cursor.item).contains(cursor)
  }

  /// The lines of an item that are looked for. What is folded is unfolded where a text stands in it.
  private mutating func hits(_ aim: Aim, _ number: Int) -> [Place] {
    let item = transcript[number]
    let blocks = item.blocks.indices.filter { aim.matches(item.blocks[$0], of: item) == true }
    var places: [Place] = []
    if case .text(let text) = aim {
      for block in blocks {
        if !shows(text, block, of: number) { open(block, of: number) }
        let lines = lines(of: number)
        let found = lines.indices.filter {
          lines[$0].block == block && !Aim.columns(of: text, in: lines[$0].text).isEmpty
        }
        // A text that is broken over two lines stands in neither.
        let shown =
          found.isEmpty ? lines.indices.filter { lines[$0].block == block }.prefix(1).map { $0 } : found
        places += shown.map { Place(item: number, line: $0) }
      }
      return places
    }
    let lines = lines(of: number)
    places = blocks.compactMap { block in lines.firstIndex { $0.block == block } }.map {
      Place(item: number, line: $0)
    }
    let head = lines.firstIndex { !$0.spans.isEmpty }
    return places.isEmpty ? head.map { [Place(item: number, line: $0)] } ?? [] : places
  }

  private mutating func shows(_ text: String, _ block: Int, of number: Int) -> Bool {
    lines(of: number).contains { $0.block == block && !Aim.columns(of: text, in: $0.text).isEmpty }
  }
}
