# Reads the committed list, the results of a run and the names of all tests, in this order (the
# variable `part` counts them); writes the new list to the file named by `list` and what differs to the
# standard output. Ends with 1 when anything differs.
part == 1 { if ($0 !~ /^#/) { former[$1] = $2; why[$1] = $3 } next }
part == 2 { result[$1] = $2; next }
{
    test = $1
    names[++tests] = test
    if (!(test in result)) result[test] = "none" # the run was cut off before it
    count[result[test]]++
    outside = why[test] ~ /^not covered: /
    if (!outside) { covered++; if (result[test] == "pass") passed++ }
    if (!(test in former)) tell("new test", test)
    else if (former[test] != result[test]) tell(word(former[test], result[test]) " (was " former[test] ")", test)
    if (result[test] != "pass" && why[test] == "") tell("has no reason", test)
    if (result[test] == "pass" && !outside) why[test] = ""
}
END {
    for (test in former) if (!(test in result)) tell("is gone", test)
    summary = sprintf("%d of %d tests that are covered pass (%.1f %%); all %d: %d pass, %d fail, %d skipped, %d without a result",
        passed, covered, covered ? 100 * passed / covered : 0, tests, count["pass"], count["fail"], count["skip"], count["none"])
    print "# " summary >list
    print "# test", "result", "why it does not pass; what begins with \"not covered:\" is about what is not there yet" >list
    for (i = 1; i <= tests; i++) print names[i], result[names[i]], why[names[i]] >list
    print summary
    exit differs
}
function word(before, now) { return now == "pass" ? "NEW PASS" : before == "pass" ? "NEW FAILURE" : "changed" }
function tell(what, test) { print test ": " what ", " result[test]; differs = 1 }
