/// The slab of one loop's registered descriptors: slots with generations, a sink stored once per tenant.
/// Lives on its loop's thread. A slot is found by index, so an event costs no lookup and no allocation.
struct RegistrationTable: ~Copyable {
  struct Slot {
    var sink: (any ReadinessSink)?
    var tag: UInt64
    var fd: Int32
    var generation: UInt32
    var interest: Readiness
    var nextFree: UInt32
  }

  private var slots: UnsafeMutablePointer<Slot>
  private var capacity: Int
  /// Slots that ever had a tenant. What lies behind them was never touched, so it costs no memory yet.
  private var used: UInt32 = 0
  private var firstFree: UInt32
  private(set) var count = 0

  private static var none: UInt32 { .max }

  init(capacity: Int) {
    self.capacity = max(1, capacity)
    slots = .allocate(capacity: self.capacity)
    firstFree = Self.none
  }

  deinit {
    slots.deinitialize(count: Int(used))
    slots.deallocate()
  }

  /// The tenant's sink and tag, or nil when the slot has another tenant by now, or none.
  func recipient(_ registration: Registration) -> (sink: any ReadinessSink, tag: UInt64)? {
    guard holds(registration), let sink = slots[Int(registration.slot)].sink else { return nil }
    return (sink, slots[Int(registration.slot)].tag)
  }

  /// The tenant's descriptor and interest.
  func tenant(_ registration: Registration) -> (fd: Int32, interest: Readiness)? {
    guard holds(registration), slots[Int(registration.slot)].sink != nil else { return nil }
    return (slots[Int(registration.slot)].fd, slots[Int(registration.slot)].interest)
  }

  mutating func insert(
    _ fd: Int32, _ interest: Readiness, sink: any ReadinessSink, tag: UInt64
  ) -> Registration {
    let index = takeFree()
    let slot = slots + Int(index)
    slot.pointee.sink = sink
    slot.pointee.tag = tag
    slot.pointee.fd = fd
    slot.pointee.interest = interest
    count += 1
    return Registration(slot: index, generation: slot.pointee.generation)
  }

  mutating func setInterest(_ registration: Registration, _ interest: Readiness) {
    slots[Int(registration.slot)].interest = interest
  }

  /// Frees the slot; wake-ups already fetched for this tenant no longer find it.
  ///
  /// Returns the sink so that it dies outside: its end may call back into the table.
  mutating func remove(_ registration: Registration) -> (any ReadinessSink)? {
    let slot = slots + Int(registration.slot)
    slot.pointee.generation &+= 1
    slot.pointee.nextFree = firstFree
    firstFree = registration.slot
    count -= 1
    return slot.pointee.sink.take()
  }

  private func holds(_ registration: Registration) -> Bool {
    registration.slot < used
      && slots[Int(registration.slot)].generation == registration.generation
  }

  /// The slot that was freed last, or else the next one that had no tenant yet.
  private mutating func takeFree() -> UInt32 {
    if firstFree != Self.none {
      let index = firstFree
      firstFree = slots[Int(index)].nextFree
      return index
    }
    if Int(used) == capacity { grow() }
    let index = used
    (slots + Int(index)).initialize(
      to: Slot(sink: nil, tag: 0, fd: -1, generation: 0, interest: [], nextFree: Self.none))
    used += 1
    return index
  }

  private mutating func grow() {
    let larger = UnsafeMutablePointer<Slot>.allocate(capacity: capacity * 2)
    larger.moveInitialize(from: slots, count: Int(used))
    slots.deallocate()
    slots = larger
    capacity *= 2
  }
}
