import type { EngineIo, SideNames, UnitChange } from "../engine.ts";
import { pathsOf } from "./disks.ts";
import { imagesOf, placeOf } from "./place.ts";
import { atOnePoint } from "./point.ts";
import { BLOCK_BYTES, bytesOf, type Source, sourceOf } from "./source.ts";
import { must } from "./tools.ts";
import type { VmTarget } from "./virsh.ts";

/** Blocks of 64 KiB that differ between each disk and its side image. */
export async function compare(
  target: VmTarget,
  names: SideNames,
  io: EngineIo,
): Promise<readonly UnitChange[]> {
  const { disks } = await placeOf(target, names, io);
  const sides = new Map(
    disks.map((disk) => [disk.name, sourceOf(disk, pathsOf(disk, names).side)]),
  );
  if ((await imagesOf(disks, io)) === "none") {
    return Promise.all(
      [...sides].map(async ([name, side]) => {
        const added = Math.ceil((await bytesOf(side, io)) / BLOCK_BYTES);
        return { name, added, changed: 0, lost: 0 };
      }),
    );
  }
  return atOnePoint(target, io, { freeze: false }, async ({ sources }) => {
    const changes: UnitChange[] = [];
    for (const live of sources) {
      const side = sides.get(live.name);
      if (side !== undefined) changes.push(await difference(live, side, io));
    }
    return changes.filter(({ added, changed, lost }) => added + changed + lost > 0);
  });
}

/**
 * Reads both at once on the domain's machine and counts; programs are started without a shell. Constant
 * text: the sources come as arguments, the number of the first one's words before them.
 */
const COUNT = String.raw`
my ($block, $words) = splice(@ARGV, 0, 2);
my @first = splice(@ARGV, 0, $words);
open(my $live, "-|", "nbdcopy", "--", @first, "-") or exit 2;
open(my $side, "-|", "nbdcopy", "--", @ARGV, "-") or exit 2;
my ($added, $changed, $lost) = (0, 0, 0);
for (;;) {
  my $a = read($live, my $x, $block);
  my $b = read($side, my $y, $block);
  exit 3 unless defined($a) && defined($b);
  last unless $a || $b;
  if (!$a) { $added++ } elsif (!$b) { $lost++ } elsif ($x ne $y) { $changed++ }
}
close($live) && close($side) or exit 4;
print "$added $changed $lost\n";
`;

async function difference(live: Source, side: Source, io: EngineIo): Promise<UnitChange> {
  const printed = await must(io, "ENGINE_CONNECT", [
    ...["perl", "-e", COUNT, String(BLOCK_BYTES), String(live.argv.length)],
    ...[...live.argv, ...side.argv],
  ]);
  const [added = 0, changed = 0, lost = 0] = printed.trim().split(" ").map(Number);
  return { name: live.name, added, changed, lost };
}
