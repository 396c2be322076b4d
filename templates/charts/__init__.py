"""Pictures: facts become one PNG each, legible on a phone, in one style, light or dark.

Everything here is a pure function of its facts; the library is heavy, so that rooms above load this one on first use
and draw off the event loop.
"""
