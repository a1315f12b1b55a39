import CLinux
import Glibc
import Reactor

/// Owns the one inotify descriptor and turns its queue into sets of names. Lives on the home loop.
///
/// Events are never counted as lines: one event can stand for a thousand appends, and a thousand events for one
/// name are one entry of the set.
final class Watcher {
  /// What changed since the last look.
  struct News {
    /// Files that may have changed, came or went.
    var files: Set<String> = []
    /// Files that were written to under the name that they had, each once.
    var written: [WrittenName] = []
    /// Directories that appeared: to be watched and listed.
    var directories: Set<String> = []
    /// Watched directories that went away or moved.
    var lostDirectories: Set<String> = []
    /// The kernel dropped events: everything must be looked at again.
    var overflowed = false
    /// Events read.
    var events = 0
  }

  /// Whether changes in a directory will be told.
  enum Outcome: Equatable {
    case watched
    /// inotify cannot watch it; the errno says why, nil when watching was not wanted.
    case polled(errno: Int32?)
    /// It is not there.
    case missing
  }

  /// -1 when inotify is not to be had.
  let descriptor: Int32
  /// The errno of `inotify_init1`, when polling is all there is.
  let unavailable: Int32?
  /// Most watches to use; 0 leaves it to the kernel's limit.
  let maximum: Int

  /// By watch; a directory has several names when links lead to it, and the kernel gives it one watch.
  private var directories: [Int32: Set<String>] = [:]
  private var watches: [String: Int32] = [:]
  private var linkedFiles: [Int32: Set<String>] = [:]
  private var linkWatches: [String: Int32] = [:]
  private var writtenNames = WrittenNames()

  private static let directoryMask =
    TC_IN_MODIFY | TC_IN_CLOSE_WRITE | TC_IN_CREATE | TC_IN_DELETE | TC_IN_MOVED_FROM | TC_IN_MOVED_TO
    | TC_IN_ATTRIB | TC_IN_DELETE_SELF | TC_IN_MOVE_SELF | TC_IN_ONLYDIR
  private static let fileMask = TC_IN_MODIFY | TC_IN_CLOSE_WRITE | TC_IN_ATTRIB

  /// Opens the descriptor, unless only polling is wanted (`tail.mode: poll`).
  init(pollOnly: Bool, maximum: Int) {
    self.maximum = maximum
    if pollOnly {
      descriptor = -1
      unavailable = nil
    } else {
      descriptor = tc_inotify_init()
      unavailable = descriptor < 0 ? errno : nil
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Watches in use.
  var count: Int { directories.count + linkedFiles.count }

  /// True when changes in a directory are being told.
  func isWatching(directory: String) -> Bool { watches[directory] != nil }

  /// Starts to watch a directory; doing it again is harmless.
  func watch(directory: String) -> Outcome {
    guard descriptor >= 0 else { return .polled(errno: unavailable) }
    let known = watches[directory]
    if known == nil, maximum > 0, count >= maximum { return .polled(errno: ENOSPC) }
    // Asked again for a directory that is watched: the event that told of its replacement may have been dropped.
    let watch = tc_inotify_add_watch(descriptor, directory, Self.directoryMask)
    guard watch >= 0 else {
      let reason = errno
      return reason == ENOENT || reason == ENOTDIR ? .missing : .polled(errno: reason)
    }
    if let known, known != watch { release(directory: directory, known) }
    if known != watch { writtenNames.forget() }
    directories[watch, default: []].insert(directory)
    watches[directory] = watch
    return .watched
  }

  /// Watches the inode behind a name: a hard or symbolic link changes under a name elsewhere. Asked again when the
  /// name leads to another inode. False when it cannot be watched.
  func watch(linkedFile path: String) -> Bool {
    guard descriptor >= 0, maximum == 0 || count < maximum || linkWatches[path] != nil else { return false }
    let watch = tc_inotify_add_watch(descriptor, path, Self.fileMask)
    if linkWatches[path] != watch { unwatch(linkedFile: path) }
    guard watch >= 0 else { return false }
    linkedFiles[watch, default: []].insert(path)
    linkWatches[path] = watch
    return true
  }

  /// Stops watching a linked file.
  func unwatch(linkedFile path: String) {
    guard let watch = linkWatches.removeValue(forKey: path) else { return }
    linkedFiles[watch]?.remove(path)
    guard linkedFiles[watch]?.isEmpty == true else { return }
    linkedFiles[watch] = nil
    _ = tc_inotify_rm_watch(descriptor, watch)
  }

  /// Forgets a directory and all below it.
  func forget(directory: String) {
    for (path, watch) in watches where path == directory || path.hasPrefix(directory + "/") {
      watches[path] = nil
      release(directory: path, watch)
    }
  }

  private func release(directory: String, _ watch: Int32) {
    writtenNames.forget()
    directories[watch]?.remove(directory)
    guard directories[watch]?.isEmpty == true else { return }
    directories[watch] = nil
    _ = tc_inotify_rm_watch(descriptor, watch)
  }

  /// Empties the queue, at most `reads` buffers of it; `more` says that something may be left.
  func drain(reads: Int = 16) -> (news: News, more: Bool) {
    var news = News()
    writtenNames.beginLook()
    let room = 64 << 10
    for _ in 0..<reads {
      let got = withUnsafeTemporaryAllocation(byteCount: room, alignment: 8) { buffer -> Int in
        let count = read(descriptor, buffer.baseAddress, buffer.count)
        if count > 0 {
          InotifyEvent.decode(UnsafeRawBufferPointer(rebasing: buffer[..<count])) { note($0, in: &news) }
        }
        return count
      }
      // The kernel fills the buffer while another event fits: one with more room left than the longest event needs
      // has emptied the queue.
      if got < room - InotifyEvent.longest { return (news, false) }
    }
    return (news, true)
  }

  private func note(_ event: InotifyEvent, in news: inout News) {
    news.events += 1
    if event.mask & TC_IN_Q_OVERFLOW != 0 {
      news.overflowed = true
      return
    }
    if let paths = linkedFiles[event.watch] {
      if event.mask & TC_IN_IGNORED != 0 {
        linkedFiles[event.watch] = nil
        for path in paths { linkWatches[path] = nil }
      }
      news.files.formUnion(paths)
      return
    }
    if event.isWritten, let (name, isFirst) = writtenNames.find(event) {
      if isFirst { news.written.append(name) }
      return
    }
    guard let names = directories[event.watch] else { return }
    if event.mask & (TC_IN_DELETE_SELF | TC_IN_MOVE_SELF | TC_IN_IGNORED | TC_IN_UNMOUNT) != 0 {
      // IGNORED comes with every removal: the kernel gives the number to another directory later.
      directories[event.watch] = nil
      writtenNames.forget()
      for directory in names where watches[directory] == event.watch { watches[directory] = nil }
      if event.mask & TC_IN_MOVE_SELF != 0 { _ = tc_inotify_rm_watch(descriptor, event.watch) }
      news.lostDirectories.formUnion(names)
      return
    }
    let name = event.name
    guard !name.isEmpty, !name.hasPrefix(".") else { return }
    if event.isWritten, names.count == 1, let directory = names.first {
      news.written.append(writtenNames.make(event, path: directory + "/" + name))
    } else {
      for directory in names { note(directory + "/" + name, event.mask, in: &news) }
    }
  }

  private func note(_ path: String, _ mask: UInt32, in news: inout News) {
    if mask & TC_IN_ISDIR != 0 {
      if mask & (TC_IN_CREATE | TC_IN_MOVED_TO) != 0 { news.directories.insert(path) }
      if mask & (TC_IN_DELETE | TC_IN_MOVED_FROM) != 0 { news.lostDirectories.insert(path) }
    } else {
      news.files.insert(path)
    }
  }
}
