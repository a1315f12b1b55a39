import Glibc

/// The wire bytes of one topic's newest frames, each of which some reader has taken apart and checked: whoever
/// receives the same bytes at the same line has received the same, and one comparison proves it.
///
/// Holds a run of consecutive lines; when it is full it begins anew, and the readers parse meanwhile.
struct VerifiedFrames {
  private let capacity: Int
  private var bytes: [UInt8] = []
  /// Where the frames end in `bytes`.
  private var ends: [Int] = []
  private var first = 0

  /// Keeps at most `capacity` bytes.
  init(capacity: Int) { self.capacity = capacity }

  /// How many whole frames from `line` on `input` starts with, and their length together.
  @inline(__always)
  func match(_ input: Stretch, line: Int) -> (lines: Int, bytes: Int) {
    let index = line - first
    guard index >= 0, index < ends.count else { return (0, 0) }
    let start = index == 0 ? 0 : ends[index - 1]
    return bytes.withUnsafeBufferPointer { buffer -> (lines: Int, bytes: Int) in
      guard let base = buffer.baseAddress else { return (0, 0) }
      let common = min(input.count, buffer.count - start)
      if memcmp(base + start, input.base, common) == 0 { return frames(from: index, start, within: common) }
      return compareEach(base, input, from: index, start)
    }
  }

  /// Adds the frame of `line`. One that does not follow the newest starts a new run, an older one is not needed.
  mutating func append(_ frame: Stretch, line: Int) {
    guard frame.count <= capacity, line >= first + ends.count || ends.isEmpty else { return }
    if line != first + ends.count || bytes.count + frame.count > capacity {
      bytes.removeAll(keepingCapacity: true)
      ends.removeAll(keepingCapacity: true)
    }
    if ends.isEmpty { first = line }
    bytes.append(frame)
    ends.append(bytes.count)
  }

  @inline(__always)
  private func frames(from index: Int, _ start: Int, within common: Int) -> (lines: Int, bytes: Int) {
    var last = index
    while last < ends.count, ends[last] - start <= common { last += 1 }
    return last == index ? (0, 0) : (last - index, ends[last - 1] - start)
  }

  private func compareEach(
    _ base: UnsafePointer<UInt8>, _ input: Stretch, from index: Int, _ start: Int
  ) -> (lines: Int, bytes: Int) {
    var last = index
    var done = 0
    while last < ends.count, ends[last] - start <= input.count,
      memcmp(base + start + done, input.base + done, ends[last] - start - done) == 0
    {
      done = ends[last] - start
      last += 1
    }
    return (last - index, done)
  }
}
