/// GFLOP/s of one thread that does nothing but fused multiply-adds for some time, in the widest registers there are:
/// what no matrix product on this machine can pass.
double fused_rate(double seconds);
