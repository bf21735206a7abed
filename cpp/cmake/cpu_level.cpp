#include "cpu_level.h"

int main() { return cpu_level(); }
