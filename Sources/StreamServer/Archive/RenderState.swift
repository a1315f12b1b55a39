import Tail
import Wire

/// What renders the next line of a transcript at one position.
struct RenderState: Sendable {
  var lines: LineRenderer
  var view: ViewEncoder
}

/// Keeps the state in which a page ended, so that the page after it need not look back. Lives on the archive thread.
///
/// A state is given away, not copied: its sets of seen ids are copied at the next change otherwise, a megabyte for a
/// page. The next page leaves its own state, and who comes later gets the pages as they are kept.
struct RenderStates {
  struct Key: Hashable {
    var session: String
    var epoch: Epoch
    var view: ViewKind
    var include: Include
    var offset: UInt64
  }

  private var states: [Key: RenderState] = [:]
  private var order: [Key] = []
  private let capacity: Int

  init(capacity: Int) { self.capacity = capacity }

  mutating func take(_ key: Key) -> RenderState? {
    guard let state = states.removeValue(forKey: key) else { return nil }
    order.removeAll { $0 == key }
    return state
  }

  mutating func put(_ state: RenderState, for key: Key) {
    if states.updateValue(state, forKey: key) == nil {
      order.append(key)
      if order.count > capacity { states[order.removeFirst()] = nil }
    }
  }
}

/// Keeps the newest full pages for the next client that asks for the same. Lives on the archive thread.
struct PageCache {
  struct Key: Hashable {
    var session: String
    var epoch: Epoch
    var variant: Variant
    var offset: UInt64
  }

  private var pages: [Key: Page] = [:]
  private var order: [Key] = []
  private let capacity: Int

  init(capacity: Int) { self.capacity = capacity }

  subscript(key: Key) -> Page? { pages[key] }

  mutating func put(_ page: Page, for key: Key) {
    if pages.updateValue(page, forKey: key) == nil {
      order.append(key)
      if order.count > capacity { pages[order.removeFirst()] = nil }
    }
  }
}
