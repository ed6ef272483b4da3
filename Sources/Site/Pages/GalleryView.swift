import Experiment

/// What a model was asked and what it said, ready for its template; all of it is hostile until escaped.
struct GalleryView {
  let caption: String
  let size: String
  let entries: [Entry]

  struct Entry {
    let prompt: String
    let responses: [Response]
  }

  struct Response {
    let arm: String
    let text: String
    let labels: [Label]
  }

  struct Label {
    let word: String
  }

  init(_ gallery: Gallery) {
    caption = gallery.caption
    size = gallery.entries.count == 1 ? "1 prompt" : "\(gallery.entries.count) prompts"
    entries = gallery.entries.map { entry in
      Entry(
        prompt: ModelText.html(entry.prompt),
        responses: entry.responses.map { response in
          Response(
            arm: response.arm, text: ModelText.html(response.text), labels: response.labels.map { Label(word: $0) })
        })
    }
  }
}
