"""The gate's judgement, pure: what a request and its token say, what the ledger says, and whether it may pass.

Reads nothing and knows no clock: tokens, keys, verdicts, rules and the time are given to it. The endpoint that proxies
ask is `sidecar.gate`; `provision explain` asks the same functions. Source: order cl. 3, 5, 7, 8, 12.
"""
