/** After a refused form the reader starts at what to mend, as GOV.UK's pattern has it. */
document.getElementById("galat")?.focus();
