/// Where a credential stands in ``AdmissionPolicy/accounts``.
package struct CredentialIndex: Sendable, Hashable {
    /// The account's place in the policy, from 0.
    package let account: Int
    /// The credential's place in its account, from 0.
    package let credential: Int

    /// The credential at these places.
    package init(account: Int, credential: Int) {
        self.account = account
        self.credential = credential
    }
}
