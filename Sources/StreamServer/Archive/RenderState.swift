import Tail
import Wire

/// What renders the next line of a transcript at one position.
struct RenderState: Sendable {
  var lines: LineRenderer
  var view: ViewEncoder
}

/// Keeps the state in which a page ended, so that the page after it need not look back. Lives on the archive thread.
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

  mutating func take(_ key: Key) -> RenderState? { states[key] }

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
