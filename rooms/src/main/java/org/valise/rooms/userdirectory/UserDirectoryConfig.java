package org.valise.rooms.userdirectory;

/// Who finds whom.
///
/// @param enabled whether a search finds anybody
/// @param everybody whether it finds all local users, not only those in public rooms or rooms one
///   is in
public record UserDirectoryConfig(boolean enabled, boolean everybody) {}
