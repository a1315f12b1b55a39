extension TailEngine {
  /// An agent's hook says how its session stands; told on until the transcript says something newer.
  public func report(_ session: String, _ status: ReportedStatus?) {
    guard let entry = catalog[session], entry.reported != status else { return }
    catalog.change(entry.id) { $0.reported = status }
    if let changed = catalog[entry.id] { news(.status(changed)) }
  }
}
