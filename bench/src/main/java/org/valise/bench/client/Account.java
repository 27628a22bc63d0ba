package org.valise.bench.client;

/// A registered user with one device.
public record Account(String userId, String token) {}
