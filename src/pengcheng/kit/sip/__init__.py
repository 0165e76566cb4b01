"""SIP as far as GB/T 28181 signalling needs it: messages, digests, numbers, MANSCDP. No I/O."""
