"""The sandbox in which an OIS tries itself out before it is connected: an invented central database behind the gate's
own decision, and the self-test. Another realm, another ledger: nothing here opens anything real. Source: order cl. 6.
"""
