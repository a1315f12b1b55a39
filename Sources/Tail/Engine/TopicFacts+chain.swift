import Wire

extension TopicFacts {
  /// Every file that has content, oldest first, each with those before it; none before there is any content.
  public var chain: [TopicFacts] {
    guard epoch != nil else { return [] }
    return earlier.indices.map(earlierFile) + [self]
  }

  /// The file of an epoch, with those before it.
  public func file(_ wanted: Epoch) -> TopicFacts? {
    if wanted == epoch { return self }
    return earlier.firstIndex { $0.epoch == wanted }.map(earlierFile)
  }

  /// The file after the one of an epoch.
  public func file(after wanted: Epoch) -> TopicFacts? {
    guard let index = earlier.firstIndex(where: { $0.epoch == wanted }) else { return nil }
    return index + 1 < earlier.count ? earlierFile(index + 1) : self
  }

  /// The file before this one.
  public var previous: TopicFacts? { earlier.indices.last.map(earlierFile) }

  /// Before the first record of the oldest file; nil before there is any content.
  public var start: Cursor? {
    epoch.map { Cursor(epoch: earlier.first?.epoch ?? $0, offset: 0) }
  }

  /// The same without the files before it.
  var alone: TopicFacts {
    var facts = self
    facts.earlier = []
    return facts
  }

  private func earlierFile(_ index: Int) -> TopicFacts {
    var facts = earlier[index]
    facts.earlier = Array(earlier[..<index])
    return facts
  }
}
