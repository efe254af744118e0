// SPDX-License-Identifier: Apache-2.0
// A program that uses the exported library.
bool refused();

int main() { return refused() ? 0 : 1; }
