import SluiceCore

/// The model that a line says its row was asked of, where every row is asked of several.
enum AskedModel {
    /// The member of the `sluice` object, and of a failure, that names it.
    static let member: StaticString = "asked"

    /// The model of an answer's line; nil if it names none.
    static func of(answer line: UnsafeBufferPointer<UInt8>) -> String? {
        var mark: JSON.Place?
        for place in MemberWalk(line) where place.isWritten("sluice", in: line) { mark = place }
        return mark.flatMap { name(in: line, at: $0.value.lowerBound) }
    }

    /// The model of a failure's line; nil if it names none.
    static func of(failure line: UnsafeBufferPointer<UInt8>) -> String? { name(in: line, at: 0) }

    /// A name as it stands in a line.
    static func name(_ value: Slice<UnsafeBufferPointer<UInt8>>) -> String? {
        JSON(trusted: Bytes(Array(value))).string
    }

    private static func name(in line: UnsafeBufferPointer<UInt8>, at object: Int) -> String? {
        for place in MemberWalk(line, at: object) where place.isWritten(member, in: line) {
            return name(line[place.value])
        }
        return nil
    }
}
