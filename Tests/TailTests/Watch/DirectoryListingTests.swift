import Glibc
import Testing

@testable import Tail

@Suite("Listing a directory")
struct DirectoryListingTests {
  private let folder = TemporaryFolder()

  @Test("Transcripts with their facts, directories and links to them; nothing hidden, nothing else")
  func content() throws {
    folder.append("12345", to: "a.jsonl")
    folder.append("{}", to: "b.json")
    folder.append("x", to: "c.txt")
    folder.append("x", to: ".d.jsonl")
    folder.makeFolder("e")
    folder.makeFolder(".f")
    folder.symlink("e", at: "g")
    folder.symlink("c.txt", at: "h")
    folder.symlink("nowhere", at: "i.jsonl")
    let listing = DirectoryListing.read(folder.path)
    #expect(Set(listing.files.map(\.path)) == Set(["a.jsonl", "b.json", "i.jsonl"].map(folder.file)))
    #expect(Set(listing.directories) == Set(["e", "g"].map(folder.file)))
    #expect(listing.failure == nil && !listing.isRemote)
    for file in listing.files {
      switch file.facts {
      case .success(let facts): #expect(facts == (try FileFacts.of(file.path)))
      case .failure(let error): #expect(error.errno == ENOENT && file.path.hasSuffix("i.jsonl"))
      }
    }
  }

  @Test("What cannot be listed says why")
  func failures() {
    #expect(DirectoryListing.read(folder.file("none")).failure?.errno == ENOENT)
    folder.append("x", to: "f")
    #expect(DirectoryListing.read(folder.file("f")).failure?.errno == ENOTDIR)
  }
}
