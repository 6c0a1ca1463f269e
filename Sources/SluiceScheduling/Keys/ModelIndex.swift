/// A model as admission knows it: by the caller's number, from 0 upwards without gaps.
package typealias ModelIndex = Int
