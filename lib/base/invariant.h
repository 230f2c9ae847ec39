/* Checks of our own invariants: never of anything a peer or a caller can do. */
#ifndef SANSCSI_BASE_INVARIANT_H
#define SANSCSI_BASE_INVARIANT_H

#ifdef NDEBUG
#define INVARIANT(condition) ((void)0)
#else
#define INVARIANT(condition) ((condition) ? (void)0 : __builtin_trap())
#endif

#endif
