// SPDX-License-Identifier: Apache-2.0
bool refused();

int main() { return refused() ? 0 : 1; }
