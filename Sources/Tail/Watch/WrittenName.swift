/// A name in a watched directory under which a file is written to. Kept from one look to the next, so that a line that
/// is written costs neither a text nor a search for whom it is for. Lives on the home loop.
final class WrittenName {
  let path: String
  /// The directory's watch.
  let watch: Int32
  /// The look that brought it last.
  fileprivate(set) var look: UInt64
  /// Who was last found to follow the file. It may follow another one by now, or nothing any more.
  weak var follower: FollowedSession?

  init(path: String, watch: Int32, look: UInt64) {
    self.path = path
    self.watch = watch
    self.look = look
  }
}

/// The names that were written to lately, found by what the kernel says of them. A value inside the watcher.
struct WrittenNames {
  private var names: [Int: WrittenName] = [:]
  private var look: UInt64 = 0
  /// Names that are kept; beyond that all are forgotten, and made again.
  private static let kept = 16_384

  /// A look begins.
  mutating func beginLook() { look += 1 }

  /// The name of an event that was kept, and whether this look brings it for the first time; nil when it is to be made.
  mutating func find(_ event: InotifyEvent) -> (name: WrittenName, isFirst: Bool)? {
    guard let name = names[event.hash], name.watch == event.watch, event.isOf(name.path) else { return nil }
    defer { name.look = look }
    return (name, name.look != look)
  }

  /// Keeps the name of an event.
  mutating func make(_ event: InotifyEvent, path: String) -> WrittenName {
    let name = WrittenName(path: path, watch: event.watch, look: look)
    if names.count >= Self.kept { names.removeAll(keepingCapacity: true) }
    names[event.hash] = name
    return name
  }

  /// Watches have changed: a number may mean another directory now.
  mutating func forget() { names.removeAll() }
}
