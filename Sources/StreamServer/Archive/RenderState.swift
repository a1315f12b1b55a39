import Tail
import Wire

/// What renders the next line of a transcript at one position.
struct RenderState: Sendable {
  var lines: LineRenderer
  var view: ViewEncoder
}

/// Keeps the state in which a page ended, so that the page after it need not look back: for clients that read on, and
/// for the index of a session that grows. Lives on the archive thread.
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

  private struct Kept {
    var state: RenderState
    var bytes: Int
    var used: UInt64
  }

  private var kept: [Key: Kept] = [:]
  private var bytes = 0
  private var uses: UInt64 = 0
  private let capacity: Int

  /// Keeps states until those together know of more than `capacity` bytes of transcript.
  init(capacity: Int) { self.capacity = capacity }

  mutating func take(_ key: Key) -> RenderState? {
    guard let kept = kept.removeValue(forKey: key) else { return nil }
    bytes -= kept.bytes
    return kept.state
  }

  mutating func put(_ state: RenderState, for key: Key) {
    uses += 1
    let size = Self.least + min(Self.most, Int(clamping: key.offset))
    let old = kept.updateValue(Kept(state: state, bytes: size, used: uses), forKey: key)
    bytes += size - (old?.bytes ?? 0)
    while bytes > capacity, let oldest = kept.min(by: { $0.value.used < $1.value.used }) {
      kept[oldest.key] = nil
      bytes -= oldest.value.bytes
    }
  }

  /// What a state that knows nothing yet counts for, and how many bytes of transcript one counts for at most: a decoder
  /// forgets what is far behind.
  private static let least = 16 << 10
  private static let most = 1 << 20
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
