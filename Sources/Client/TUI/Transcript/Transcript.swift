import Wire

/// The stretch of a transcript that is held: items in file order, each with a number that it keeps while others come
/// and go at both ends. A value.
struct Transcript {
  /// Most items and most bytes that are held; beyond that those at the far end are let go, and read again when they
  /// are wanted.
  private static let mostItems = 4000
  private static let mostBytes = 48 << 20

  private var items: [TranscriptItem] = []
  /// The number of the first item.
  private(set) var first = 0
  private var weight = 0
  /// Counts what changes how something looks: a version says which item it is of, too.
  private var changes = 0
  private var calls: [String: (item: Int, block: Int)] = [:]
  /// Answers whose calls are not held.
  private var orphans: [String: (item: Int, block: Int)] = [:]
  private var byID: [String: Int] = [:]
  /// The position behind all that is held.
  private(set) var last: String?
  /// What the agent does now, in its own words.
  private(set) var doing: String?

  /// The numbers of all items.
  var numbers: Range<Int> { first..<(first + items.count) }
  var isEmpty: Bool { items.isEmpty }
  /// The position of the first item that has one.
  var firstID: String? { items.lazy.compactMap(\.id).first }

  init() {}

  /// What events show.
  init(_ events: [TranscriptEvent]) { append(events) }

  subscript(number: Int) -> TranscriptItem { items[number - first] }

  /// Takes events that follow what is held; the number of messages among what they added.
  /// - Parameter position: where what was read ends; behind the last event where records follow that show nothing.
  @discardableResult
  mutating func append(_ events: [TranscriptEvent], upTo position: String? = nil) -> Int {
    var messages = 0
    for event in events {
      if let id = event.id { last = id }
      for item in made(of: event) {
        add(item)
        if item.isMessage { messages += 1 }
      }
    }
    last = position ?? last
    return messages
  }

  /// Takes events that come before all that is held.
  mutating func prepend(_ events: [TranscriptEvent]) {
    var front = Transcript()
    front.changes = changes
    front.append(events)
    let answered = front.orphansOfCalls(before: self)
    let rest = items
    let (end, restFirst) = (last, first)
    let doing = doing
    // The front keeps its own numbers, moved so that it ends where the rest begins.
    front.move(to: restFirst - front.items.count)
    for (offset, item) in rest.enumerated() { front.adopt(item, number: restFirst + offset) }
    front.last = end ?? front.last
    front.doing = doing
    self = front
    for (call, place) in answered { settleOrphan(call, place) }
  }

  /// Lets items at one end go until what is held is within its bounds.
  /// - Parameter kept: an item that stays.
  /// - Returns: how many went.
  mutating func bound(fromEnd: Bool, keeping kept: Int) -> Int {
    var gone = 0
    while items.count > 1, items.count > Self.mostItems || weight > Self.mostBytes {
      if (fromEnd ? numbers.upperBound - 1 : first) == kept { break }
      let number = fromEnd ? numbers.upperBound - 1 : first
      forget(fromEnd ? items.removeLast() : items.removeFirst(), number)
      if !fromEnd { first += 1 }
      gone += 1
    }
    if fromEnd, gone > 0 { last = items.last { $0.id != nil }?.id }
    return gone
  }

  /// Folds or unfolds a block.
  mutating func setOpen(_ isOpen: Bool?, item number: Int, block: Int) {
    items[number - first].blocks[block].isOpen = isOpen
    touch(number)
  }

  /// Every block is folded as all are.
  mutating func resetFolds() {
    for number in numbers {
      for block in self[number].blocks.indices { items[number - first].blocks[block].isOpen = nil }
      touch(number)
    }
  }
}

// MARK: Events

extension Transcript {
  private mutating func made(of event: TranscriptEvent) -> [TranscriptItem] {
    let data = event.data
    switch event.name {
    case "message": return message(data, event.id)
    case "update":
      update(data)
      return []
    case "turn":
      doing = nil
      guard let state = data["state"]?.string, state != "started" else { return [] }
      return [Self.turn(data, isAborted: state == "aborted", event.id)]
    case "subagent": return subagent(data)
    case "activity":
      activity(data)
      return []
    case "compaction", "retract", "branch", "damaged", "reset":
      let isBad = event.name == "damaged" || event.name == "reset"
      var item = TranscriptItem(mark: Self.mark(event.name, data), isBad: isBad, id: event.id)
      if let summary = data["summary"]?.string { item.blocks = [Block(summary: summary)] }
      return [item]
    default: return []
    }
  }

  private static func turn(_ data: JSONSlice, isAborted: Bool, _ id: String?) -> TranscriptItem {
    let reason = data["reason"]?.string.map { ": " + $0 } ?? ""
    if isAborted { return TranscriptItem(mark: "interrupted" + reason, isBad: true, id: id) }
    let took = data["duration_ms"]?.int.map { ", " + MomentText.span(seconds: $0 / 1000) } ?? ""
    return TranscriptItem(mark: "end of the turn" + took, id: id)
  }

  private static func mark(_ name: String, _ data: JSONSlice) -> String {
    switch name {
    case "compaction":
      let tokens = data["pre_tokens"]?.int.map { ", \($0) tokens before" } ?? ""
      return "context compacted" + tokens
    case "retract": return "taken back" + (data["count"]?.int.map { ": \($0) turns" } ?? "")
    case "branch": return "goes on from an earlier message"
    case "damaged": return "damaged: \(data["length"]?.int ?? 0) bytes are not a record"
    default: return "the transcript begins anew (\(data["reason"]?.string ?? "it was changed"))"
    }
  }

  private mutating func message(_ data: JSONSlice, _ id: String?) -> [TranscriptItem] {
    var blocks: [Block] = []
    for json in data["blocks"]?.elements ?? [] {
      guard let block = Block(json) else { continue }
      if block.kind == .result, settle(block) { continue }
      blocks.append(block)
    }
    return blocks.isEmpty ? [] : [TranscriptItem(message: data, id: id, blocks: blocks)]
  }

  /// Puts an answer to its call; false if the call is not held.
  private mutating func settle(_ result: Block) -> Bool {
    guard let id = result.callID, let place = calls[id] else { return false }
    items[place.item - first].blocks[place.block].answer = Block.Answer(
      text: result.text, isError: result.isError, leftOut: result.leftOut)
    items[place.item - first].blocks[place.block].progress = nil
    weight += result.text.utf8.count
    touch(place.item)
    return true
  }

  /// A message has changed: blocks by their places.
  private mutating func update(_ data: JSONSlice) {
    let uuid = data["uuid"]?.string
    let known =
      data["id"]?.string.flatMap { byID[$0] }
      ?? uuid.flatMap { uuid in numbers.last { self[$0].uuid == uuid } }
    guard let number = known else { return }
    let before = items[number - first].weight
    for json in data["blocks"]?.elements ?? [] {
      guard var block = Block(json) else { continue }
      if block.kind == .result, settle(block) { continue }
      let index = json["index"]?.int.flatMap { Int(exactly: $0) } ?? items[number - first].blocks.count
      if items[number - first].blocks.indices.contains(index) {
        let old = items[number - first].blocks[index]
        (block.answer, block.isOpen, block.child) = (block.answer ?? old.answer, old.isOpen, old.child)
        items[number - first].blocks[index] = block
      } else {
        items[number - first].blocks.append(block)
      }
    }
    know(items[number - first], number)
    weight += items[number - first].weight - before
    touch(number)
  }

  private mutating func subagent(_ data: JSONSlice) -> [TranscriptItem] {
    let session = data["session_id"]?.string ?? ""
    guard let place = data["call"]?.string.flatMap({ calls[$0] }) else {
      return [TranscriptItem(mark: "sub-agent " + session, id: nil)]
    }
    items[place.item - first].blocks[place.block].child = session
    touch(place.item)
    return []
  }

  private mutating func activity(_ data: JSONSlice) {
    let text = data["text"]?.string
    guard let place = data["call"]?.string.flatMap({ calls[$0] }) else {
      doing = text
      return
    }
    guard items[place.item - first].blocks[place.block].answer == nil else { return }
    items[place.item - first].blocks[place.block].progress = text
    touch(place.item)
  }
}

// MARK: Keeping

extension Transcript {
  private mutating func add(_ item: TranscriptItem) {
    let number = numbers.upperBound
    adopt(item, number: number)
    touch(number)
  }

  private mutating func adopt(_ item: TranscriptItem, number: Int) {
    items.append(item)
    weight += item.weight
    if let id = item.id { byID[id] = number }
    know(item, number)
  }

  private mutating func know(_ item: TranscriptItem, _ number: Int) {
    for (index, block) in item.blocks.enumerated() {
      guard let id = block.callID else { continue }
      if block.kind == .call { calls[id] = (number, index) }
      if block.kind == .result { orphans[id] = (number, index) }
    }
  }

  private mutating func forget(_ item: TranscriptItem, _ number: Int) {
    weight -= item.weight
    if let id = item.id { byID[id] = nil }
    for block in item.blocks {
      guard let id = block.callID else { continue }
      if calls[id]?.item == number { calls[id] = nil }
      if orphans[id]?.item == number { orphans[id] = nil }
    }
  }

  private mutating func touch(_ number: Int) {
    changes += 1
    items[number - first].version = changes
  }

  private mutating func move(to number: Int) {
    let by = number - first
    first = number
    for key in calls.keys { calls[key]?.item += by }
    for key in orphans.keys { orphans[key]?.item += by }
    for key in byID.keys { byID[key]? += by }
  }

  /// The answers that stand by themselves in `rest` because their calls are held only here.
  private func orphansOfCalls(before rest: Transcript) -> [(call: String, place: (item: Int, block: Int))] {
    rest.orphans.compactMap { id, place in calls[id] == nil ? nil : (id, place) }
  }

  /// An answer that stood by itself goes to its call.
  private mutating func settleOrphan(_ call: String, _ place: (item: Int, block: Int)) {
    let index = place.item - first
    guard items.indices.contains(index),
      let block = items[index].blocks.firstIndex(where: { $0.kind == .result && $0.callID == call }),
      settle(items[index].blocks[block])
    else { return }
    weight -= items[index].blocks[block].weight
    items[index].blocks.remove(at: block)
    orphans[call] = nil
    // The places of the blocks behind it have changed.
    know(items[index], place.item)
    touch(place.item)
  }
}
