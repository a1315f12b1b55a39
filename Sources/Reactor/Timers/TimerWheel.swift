/// The timers of one loop in six wheels of 64 slots, from ticks to years. Lives on its loop's thread; knows
/// ticks, no clock. Inserting and cancelling cost the same however many timers there are.
///
/// A timer sits on the wheel of the highest six bits in which its tick differs from the current one, so a
/// lower wheel is always due before a higher one, and the first occupied slot of the lowest occupied wheel
/// holds whatever is due next. A slot of a higher wheel is dealt out to lower ones when time reaches it.
struct TimerWheel: ~Copyable {
  private struct Node {
    var sink: (any TimerSink)?
    var tag: UInt64
    var tick: UInt64
    var previous: UInt32
    var next: UInt32
    var generation: UInt32
    var list: UInt16
  }

  private struct List {
    var first: UInt32
    var last: UInt32
    /// No timer of the list is due before this tick. A cancelled timer leaves it too early, never too late:
    /// the price is one wake-up for nothing.
    var earliest: UInt64
  }

  private static var none: UInt32 { .max }
  private static var levels: Int { 6 }
  private static var dueList: Int { 64 * levels }
  /// Half of the wheels' range: 10 years of 10 ms ticks, so that no sum leaves the range.
  static var longest: UInt64 { 1 << 35 }

  private var nodes: UnsafeMutablePointer<Node>
  private var capacity: Int
  /// Nodes that ever held a timer. What lies behind them was never touched, so it costs no memory yet.
  private var used: UInt32 = 0
  private var firstFree: UInt32
  private let lists: UnsafeMutablePointer<List>
  private let occupied: UnsafeMutablePointer<UInt64>
  /// The tick up to which timers have become due.
  private(set) var current: UInt64 = 0
  private(set) var count = 0

  init(capacity: Int) {
    self.capacity = max(1, capacity)
    nodes = .allocate(capacity: self.capacity)
    firstFree = Self.none
    lists = .allocate(capacity: Self.dueList + 1)
    lists.initialize(
      repeating: List(first: Self.none, last: Self.none, earliest: .max), count: Self.dueList + 1)
    occupied = .allocate(capacity: Self.levels)
    occupied.initialize(repeating: 0, count: Self.levels)
  }

  deinit {
    nodes.deinitialize(count: Int(used))
    nodes.deallocate()
    lists.deallocate()
    occupied.deallocate()
  }

  /// Adds a timer that becomes due when time reaches `tick`; one in the past is due at the next tick.
  mutating func insert(at tick: UInt64, sink: any TimerSink, tag: UInt64) -> TimerToken {
    let index = takeFree()
    let node = nodes + Int(index)
    node.pointee.sink = sink
    node.pointee.tag = tag
    node.pointee.tick = min(max(tick, current + 1), current + Self.longest)
    place(index)
    count += 1
    return TimerToken(slot: index, generation: node.pointee.generation)
  }

  /// Removes the timer and returns its sink, which dies outside: its end may call back. Nil when the timer
  /// is not there any more.
  mutating func cancel(_ token: TimerToken) -> (any TimerSink)? {
    guard token.slot < used, nodes[Int(token.slot)].generation == token.generation,
      nodes[Int(token.slot)].sink != nil
    else { return nil }
    unlink(token.slot)
    return free(token.slot)
  }

  /// A tick before which nothing is due, or nil when there is no timer.
  var nextTick: UInt64? {
    if lists[Self.dueList].first != Self.none { return current }
    for level in 0..<Self.levels where occupied[level] != 0 {
      return lists[level * 64 + occupied[level].trailingZeroBitCount].earliest
    }
    return nil
  }

  /// Moves time on to `tick`; what became due waits for `popDue()`, earliest first.
  mutating func advance(to tick: UInt64) {
    while let level = (0..<Self.levels).first(where: { occupied[$0] != 0 }) {
      let slot = occupied[level].trailingZeroBitCount
      let shift = UInt64(6 * level)
      let start = ((current >> (shift + 6)) << (shift + 6)) | UInt64(slot) << shift
      guard start <= tick else { break }
      current = start
      deal(level * 64 + slot)
    }
    current = max(current, tick)
  }

  /// Takes the next due timer out; by then it can no longer be cancelled.
  mutating func popDue() -> (sink: any TimerSink, tag: UInt64)? {
    let index = lists[Self.dueList].first
    guard index != Self.none else { return nil }
    let tag = nodes[Int(index)].tag
    unlink(index)
    guard let sink = free(index) else { return nil }
    return (sink, tag)
  }

  // MARK: Lists

  /// Puts the timers of a slot where they belong now that time has reached the slot.
  private mutating func deal(_ list: Int) {
    var index = lists[list].first
    lists[list] = List(first: Self.none, last: Self.none, earliest: .max)
    occupied[list / 64] &= ~(1 << UInt64(list % 64))
    while index != Self.none {
      let next = nodes[Int(index)].next
      place(index)
      index = next
    }
  }

  private mutating func place(_ index: UInt32) {
    let node = nodes + Int(index)
    let distance = node.pointee.tick ^ current
    var list = Self.dueList
    if distance != 0 {
      let level = (63 - distance.leadingZeroBitCount) / 6
      let slot = Int(truncatingIfNeeded: node.pointee.tick >> UInt64(6 * level)) & 63
      precondition(level < Self.levels, "a timer beyond the wheels' range")
      occupied[level] |= 1 << UInt64(slot)
      list = level * 64 + slot
    }
    node.pointee.list = UInt16(list)
    node.pointee.next = Self.none
    node.pointee.previous = lists[list].last
    if lists[list].last == Self.none {
      lists[list].first = index
    } else {
      nodes[Int(lists[list].last)].next = index
    }
    lists[list].last = index
    lists[list].earliest = min(lists[list].earliest, node.pointee.tick)
  }

  private mutating func unlink(_ index: UInt32) {
    let node = nodes[Int(index)]
    let list = Int(node.list)
    if node.previous == Self.none {
      lists[list].first = node.next
    } else {
      nodes[Int(node.previous)].next = node.next
    }
    if node.next == Self.none {
      lists[list].last = node.previous
    } else {
      nodes[Int(node.next)].previous = node.previous
    }
    guard lists[list].first == Self.none else { return }
    lists[list].earliest = .max
    if list != Self.dueList { occupied[list / 64] &= ~(1 << UInt64(list % 64)) }
  }

  // MARK: Nodes

  private mutating func free(_ index: UInt32) -> (any TimerSink)? {
    let node = nodes + Int(index)
    node.pointee.generation &+= 1
    node.pointee.next = firstFree
    firstFree = index
    count -= 1
    return node.pointee.sink.take()
  }

  /// The node that was freed last, or else the next one that held no timer yet.
  private mutating func takeFree() -> UInt32 {
    if firstFree != Self.none {
      let index = firstFree
      firstFree = nodes[Int(index)].next
      return index
    }
    if Int(used) == capacity { grow() }
    let index = used
    (nodes + Int(index)).initialize(
      to: Node(
        sink: nil, tag: 0, tick: 0, previous: Self.none, next: Self.none, generation: 0, list: 0))
    used += 1
    return index
  }

  private mutating func grow() {
    let larger = UnsafeMutablePointer<Node>.allocate(capacity: capacity * 2)
    larger.moveInitialize(from: nodes, count: Int(used))
    nodes.deallocate()
    nodes = larger
    capacity *= 2
  }
}
