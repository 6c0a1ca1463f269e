internal import SluiceCore

/// Adds an image to a row's message: the URL comes from a template over the row's columns (FEATURES F5).
struct ImagePart: Sendable {
    private let template: Template

    /// The columns that the URL is made of.
    var columns: [String] { template.columns }

    /// - Throws: ``SluiceError`` if the text is no template.
    init(_ text: String) throws(SluiceError) {
        template = try Template(text)
    }

    /// A message's content with the text and the image, as JSON (PROVIDERS.md §1.2, `content`).
    /// - Throws: ``Failure`` if the row lacks a column, or its value is no URL of an image.
    func content(_ text: Bytes, of row: JSON) throws(Failure) -> Bytes {
        let quoted = try template.fill(row)
        let url = JSON(trusted: quoted).string ?? ""
        guard ["https://", "http://", "data:image/"].contains(where: { url.hasPrefix($0) }) else {
            throw Failure(
                .final, code: "bad_row",
                message: "'\(url.prefix(80))' is no http, https or data url of an image; files are not read")
        }
        var json = JSONBuilder(capacity: text.count + quoted.count + 96)
        json.beginArray()
        json.beginObject()
        json.member("type", "text")
        json.member("text", raw: text)
        json.endObject()
        json.beginObject()
        json.member("type", "image_url")
        json.key("image_url")
        json.beginObject()
        json.member("url", raw: quoted)
        json.endObject()
        json.endObject()
        json.endArray()
        return Bytes(json.bytes)
    }
}
