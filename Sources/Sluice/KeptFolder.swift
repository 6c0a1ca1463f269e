internal import SluiceStorage

/// A folder that a program has made for itself.
package enum KeptFolder {
    /// Removes a folder and the files in it, as far as that can be done.
    package static func remove(_ path: String) { Folder.clear(path) }
}
