// A program that is the whole VM and nothing above it. That it links is the test (see tests/CMakeLists.txt): the
// compiler knows the VM, never the reverse. It does nothing when run.

int main() {}
