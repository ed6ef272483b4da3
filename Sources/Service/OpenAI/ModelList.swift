/// `GET /v1/models`
struct ModelList: Encodable, Sendable {
  let object = "list"
  let data: [ModelEntry]
}

/// `GET /v1/models/NAME`
struct ModelEntry: Encodable, Sendable {
  let id: String
  let object = "model"
  let created: Int
  let ownedBy = "palimpsest"
}
