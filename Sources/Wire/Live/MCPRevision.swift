/// The revisions of the Model Context Protocol that are spoken here, on either side of it.
public enum MCPRevision {
  /// Those with a handshake, the newest last. They differ in nothing that is used here.
  public static let spoken = ["2024-11-05", "2025-03-26", "2025-06-18", newest]
  /// What is offered first.
  public static let newest = "2025-11-25"
}
