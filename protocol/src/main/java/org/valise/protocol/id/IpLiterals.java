package org.valise.protocol.id;

/// The textual forms of IP addresses (RFC 3513, section 2.2), recognized without asking any
/// resolver.
final class IpLiterals {
    private IpLiterals() {}

    static boolean isIpv4(String text) {
        int parts = 0;
        int at = 0;
        while (true) {
            int start = at;
            int number = 0;
            while (at < text.length() && at - start < 3 && Grammar.isDigit(text.charAt(at))) {
                number = number * 10 + (text.charAt(at++) - '0');
            }
            if (at == start || number > 255) {
                return false;
            }
            parts++;
            if (at == text.length()) {
                return parts == 4;
            }
            if (text.charAt(at++) != '.') {
                return false;
            }
        }
    }

    static boolean isIpv6(String text) {
        int gap = text.indexOf("::");
        if (gap < 0) {
            return groups(text, true) == 8;
        }
        if (text.indexOf("::", gap + 1) >= 0) {
            return false;
        }
        String before = text.substring(0, gap);
        String after = text.substring(gap + 2);
        int left = before.isEmpty() ? 0 : groups(before, false);
        int right = after.isEmpty() ? 0 : groups(after, true);
        // "::" stands for at least one group.
        return left >= 0 && right >= 0 && left + right <= 7;
    }

    /// How many groups of 16 bits `a:b:…` has, the last two perhaps written as an IPv4 address; -1
    /// when malformed.
    private static int groups(String text, boolean mayEndInIpv4) {
        int count = 0;
        int start = 0;
        while (true) {
            int colon = text.indexOf(':', start);
            String group = colon < 0 ? text.substring(start) : text.substring(start, colon);
            if (colon < 0 && mayEndInIpv4 && isIpv4(group)) {
                return count + 2;
            }
            if (!isGroup(group)) {
                return -1;
            }
            count++;
            if (colon < 0) {
                return count;
            }
            start = colon + 1;
        }
    }

    private static boolean isGroup(String group) {
        if (group.isEmpty() || group.length() > 4) {
            return false;
        }
        for (int i = 0; i < group.length(); i++) {
            char c = group.charAt(i);
            if (!(Grammar.isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F')) {
                return false;
            }
        }
        return true;
    }
}
