import Store
import StreamServer

extension ControlPlane {
  /// Makes a change and its rows of the feed in one transaction (STREAMS section 6).
  ///
  /// What the caller may not do is a value too: a body that finds it answers no rows, and writes nothing.
  func commit<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws(StoreError) -> (Value, [Change])
  ) async throws(Problem) -> Value {
    do {
      return try await feed.commit(body)
    } catch {
      throw .store(error)
    }
  }

  /// Reads tables of the control plane, in one snapshot.
  func read<Value: Sendable>(
    _ body: @escaping @Sendable (StoreReader) throws(StoreError) -> Value
  ) async throws(Problem) -> Value {
    do {
      return try await store.read(body)
    } catch {
      throw .store(error)
    }
  }
}
