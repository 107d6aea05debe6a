/** The command lines of a file that `ipvsadm -S` wrote, or somebody by hand: words between blanks, without quotes; a line may begin with `ipvsadm`. */
export function restoreLines(text: string): readonly (readonly string[])[] {
  return text.split("\n").flatMap((line) => {
    const words = line.split(/\s+/).filter((word) => word !== "");
    let at = 0;
    while (words[at] === "ipvsadm") at++;
    return at === words.length ? [] : [words.slice(at)];
  });
}
