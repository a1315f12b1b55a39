import Wire

/// A window on a transcript: what of it is on the screen, where the cursor is, what is folded. A value.
///
/// Only items in and beside the window are ever laid out, whatever the transcript holds.
struct TranscriptView {
  /// A line of an item.
  struct Place: Comparable {
    var item: Int
    var line: Int

    static func < (left: Place, right: Place) -> Bool {
      (left.item, left.line) < (right.item, right.line)
    }
  }

  /// Layouts that are kept: a few screens of them.
  private static let mostLayouts = 600

  var transcript = Transcript() { didSet { if transcript.isEmpty { layouts = [:] } } }
  private(set) var size = ScreenSize(columns: 80, rows: 20)
  /// What the agent is called.
  var agent = "Agent" { didSet { if agent != oldValue { layouts = [:] } } }
  /// Whether everything is unfolded that nobody has folded.
  private(set) var opensAll = false
  private(set) var cursor = Place(item: 0, line: 0)
  private(set) var top = Place(item: 0, line: 0)
  /// Whether the end stays in sight, whatever comes.
  private(set) var isFollowing = true
  private var layouts: [Int: (version: Int, before: Int?, lines: [TranscriptLine])] = [:]

  // MARK: Layout

  /// The lines of an item.
  mutating func lines(of number: Int) -> [TranscriptLine] {
    let item = transcript[number]
    let previous = number > transcript.numbers.lowerBound ? transcript[number - 1] : nil
    if let known = layouts[number], known.version == item.version, known.before == previous?.version {
      return known.lines
    }
    let layout = ItemLayout(columns: max(10, size.columns - 2), opensAll: opensAll, agent: agent)
    let lines = layout.lines(item, after: previous)
    if layouts.count > Self.mostLayouts { layouts = [:] }
    layouts[number] = (item.version, previous?.version, lines)
    return lines
  }

  mutating func resize(_ size: ScreenSize) {
    if size == self.size { return }
    if size.columns != self.size.columns { layouts = [:] }
    self.size = size
    settle()
  }

  /// The rows of the window from above, each with its place.
  mutating func window() -> [(place: Place, line: TranscriptLine)] {
    var rows: [(Place, TranscriptLine)] = []
    var number = top.item
    while rows.count < size.rows, number < transcript.numbers.upperBound {
      for (index, line) in lines(of: number).enumerated() where number > top.item || index >= top.line {
        rows.append((Place(item: number, line: index), line))
      }
      number += 1
    }
    return Array(rows.prefix(size.rows))
  }

  // MARK: Moving

  /// Moves the cursor by lines.
  mutating func move(by lines: Int) {
    // Where nothing is held yet there is no end to follow either.
    if transcript.isEmpty { return }
    isFollowing = false
    cursor = step(cursor, by: lines)
    settle()
    if lines > 0 { followAtEnd() }
  }

  /// Moves the window by lines; the cursor stays in it.
  mutating func scroll(by lines: Int) {
    if transcript.isEmpty { return }
    isFollowing = false
    top = step(top, by: lines)
    let lowest = step(top, by: size.rows - 1)
    cursor = min(max(cursor, top), lowest)
    settle()
    if lines > 0, lowest >= end { followAtEnd(from: lowest) }
  }

  /// Moves to a place and keeps it in sight, some lines below the upper edge if it was not.
  mutating func go(to place: Place) {
    isFollowing = false
    let lowest = step(top, by: size.rows - 1)
    cursor = place
    if place < top || place > lowest { top = step(place, by: -size.rows / 3) }
    settle()
  }

  mutating func toStart() { go(to: start) }

  mutating func follow() {
    isFollowing = true
    settle()
  }

  mutating func pause() {
    isFollowing = false
    settle()
  }

  /// Moves to the next or the previous message.
  mutating func message(by: Int) {
    if transcript.isEmpty { return }
    // Back from within a message leads to its own head first.
    var number = by < 0 && cursor > head(of: cursor.item) ? cursor.item : cursor.item + by
    while transcript.numbers.contains(number), lines(of: number).isEmpty || !transcript[number].isMessage {
      number += by
    }
    guard transcript.numbers.contains(number) else { return by > 0 ? follow() : toStart() }
    go(to: head(of: number))
  }

  /// Moves to an item: to its head, or to the line in which a text stands.
  mutating func show(item number: Int, _ text: String?) {
    let before = Place(item: number, line: -1)
    if let text, Aim.text(text).matches(transcript[number]),
      find(.text(text), forward: true, from: before)
    {
      return
    }
    go(to: head(of: number))
  }

  /// When what stands at the cursor was written: the next one before it that has a time, else behind it.
  var momentAtCursor: Timestamp? {
    let numbers = transcript.numbers
    let middle = max(numbers.lowerBound, min(cursor.item + 1, numbers.upperBound))
    return (numbers.lowerBound..<middle).reversed().lazy.compactMap { transcript[$0].timestamp }.first
      ?? (middle..<numbers.upperBound).lazy.compactMap { transcript[$0].timestamp }.first
  }

  /// The first line of an item that says something.
  private mutating func head(of number: Int) -> Place {
    let lines = transcript.numbers.contains(number) ? lines(of: number) : []
    return Place(item: number, line: lines.firstIndex { !$0.spans.isEmpty } ?? 0)
  }

  /// Items came or went, or look otherwise: cursor and window stay on what they show.
  mutating func settle() {
    guard !transcript.isEmpty else {
      (cursor, top) = (Place(item: 0, line: 0), Place(item: 0, line: 0))
      return
    }
    cursor = isFollowing ? end : held(cursor)
    top = held(top)
    if cursor < top { top = cursor }
    let highest = step(cursor, by: 1 - size.rows)
    if top < highest { top = highest }
    let last = step(end, by: 1 - size.rows)
    if top > last { top = last }
  }

  /// Whether the end of what is held is in sight.
  mutating func showsEnd() -> Bool { step(top, by: size.rows - 1) >= end }

  private mutating func followAtEnd(from place: Place? = nil) {
    if (place ?? cursor) >= end { isFollowing = true }
    if isFollowing { settle() }
  }

  /// The nearest place that there is.
  private mutating func held(_ place: Place) -> Place {
    let numbers = transcript.numbers
    if numbers.isEmpty || place.item < numbers.lowerBound { return start }
    if place.item >= numbers.upperBound { return end }
    let count = lines(of: place.item).count
    if count > 0 { return Place(item: place.item, line: min(max(0, place.line), count - 1)) }
    return step(Place(item: place.item, line: 0), by: -1)
  }

  private var start: Place { Place(item: transcript.numbers.lowerBound, line: 0) }

  /// The last line of all that is held.
  private var end: Place {
    mutating get {
      if transcript.isEmpty { return start }
      var number = transcript.numbers.upperBound - 1
      while number > transcript.numbers.lowerBound, lines(of: number).isEmpty { number -= 1 }
      return Place(item: number, line: max(0, lines(of: number).count - 1))
    }
  }

  /// The place so many lines further on, as far as there are lines.
  private mutating func step(_ place: Place, by count: Int) -> Place {
    // Items may have gone since the place was taken.
    guard transcript.numbers.contains(place.item) else { return held(place) }
    var (place, rest) = (place, count)
    while rest < 0 {
      if place.line > 0 {
        let step = min(place.line, -rest)
        place.line -= step
        rest += step
        continue
      }
      var number = place.item - 1
      while number >= transcript.numbers.lowerBound, lines(of: number).isEmpty { number -= 1 }
      guard number >= transcript.numbers.lowerBound else { break }
      place = Place(item: number, line: lines(of: number).count - 1)
      rest += 1
    }
    while rest > 0 {
      let below = lines(of: place.item).count - 1 - place.line
      if below > 0 {
        let step = min(below, rest)
        place.line += step
        rest -= step
        continue
      }
      var number = place.item + 1
      while number < transcript.numbers.upperBound, lines(of: number).isEmpty { number += 1 }
      guard number < transcript.numbers.upperBound else { break }
      place = Place(item: number, line: 0)
      rest -= 1
    }
    return place
  }

  // MARK: Folding

  /// Folds or unfolds what stands under the cursor.
  mutating func toggle() {
    guard transcript.numbers.contains(cursor.item), let block = lines(of: cursor.item)[cursor.line].block
    else {
      return
    }
    let isOpen = transcript[cursor.item].blocks[block].isOpen ?? opensAll
    open(block, of: cursor.item, !isOpen)
    isFollowing = false
    let lines = lines(of: cursor.item)
    if let line = lines.firstIndex(where: { $0.block == block }) { cursor.line = line }
    // What was unfolded is what somebody wants to see: as much of it as there is room for.
    let last = lines.lastIndex { $0.block == block } ?? cursor.line
    let lowest = step(Place(item: cursor.item, line: last), by: 1 - size.rows)
    top = max(top, min(lowest, cursor))
    settle()
  }

  /// Folds or unfolds everything.
  mutating func toggleAll() {
    opensAll.toggle()
    layouts = [:]
    let block = blockAtCursor
    transcript.resetFolds()
    if let block, let line = lines(of: cursor.item).firstIndex(where: { $0.block == block }) {
      cursor.line = line
    }
    settle()
  }

  /// The session of the sub-agent that the call under the cursor has started.
  var childAtCursor: String? {
    mutating get { blockAtCursor.flatMap { transcript[cursor.item].blocks[$0].child } }
  }

  private var blockAtCursor: Int? {
    mutating get {
      guard transcript.numbers.contains(cursor.item) else { return nil }
      return lines(of: cursor.item).dropFirst(cursor.line).first?.block
    }
  }

  /// Unfolds a block, or folds it.
  mutating func open(_ block: Int, of number: Int, _ isOpen: Bool = true) {
    if (transcript[number].blocks[block].isOpen ?? opensAll) == isOpen { return }
    transcript.setOpen(isOpen, item: number, block: block)
  }
}
